/** The edge between two parts of the page: drag it, or focus it and use the arrow keys; a double click gives the normal width back. */
import { useRef } from 'preact/hooks';

import type { Signal } from '@preact/signals';

/** One press of an arrow key, in CSS pixels. */
const STEP_PX = 16;

export interface ResizerProps {
  readonly width: Signal<number>;
  readonly limits: { readonly min: number; readonly max: number; readonly normal: number };
  /** Which side of the edge grows when it moves to the right. */
  readonly grows: 'left' | 'right';
  readonly label: string;
  /** Id of the part whose width this is. */
  readonly controls: string;
}

export function Resizer({ width, limits, grows, label, controls }: ResizerProps) {
  const drag = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const direction = grows === 'left' ? 1 : -1;
  const set = (wanted: number): void => {
    width.value = Math.round(Math.min(limits.max, Math.max(limits.min, wanted)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: width.value + STEP_PX * direction,
      ArrowLeft: width.value - STEP_PX * direction,
      Home: limits.min,
      End: limits.max,
      Enter: limits.normal,
    };
    const wanted = steps[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    set(wanted);
  };
  return (
    <div
      class="resizer"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-controls={controls}
      aria-valuenow={width.value}
      aria-valuemin={limits.min}
      aria-valuemax={limits.max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDblClick={() => set(limits.normal)}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, width: width.value };
      }}
      onPointerMove={(event) => {
        if (drag.current !== null) set(drag.current.width + (event.clientX - drag.current.x) * direction);
      }}
      onLostPointerCapture={() => {
        drag.current = null;
      }}
    />
  );
}
