/** Files from the desktop may be dropped anywhere on the page. What was dropped is taken at once, because it is gone after the event. */
import { useEffect, useState } from 'preact/hooks';

import type { ImportSource } from '../files/gather.js';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

function sourceOf(data: DataTransfer): ImportSource {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  // What was copied from a program rather than a folder has no entry.
  return entries.length > 0 ? { entries } : { files: [...data.files] };
}

export interface DropZoneProps {
  readonly enabled: boolean;
  /** What dropping does. */
  readonly hint: string;
  readonly onDropped: (source: ImportSource, folder: string) => void;
}

export function DropZone({ enabled, hint, onDropped }: DropZoneProps) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!enabled) return undefined;
    // Before the editor, which would put the text of a dropped file at the cursor.
    const moved = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(true);
    };
    const left = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (event: DragEvent): void => {
      setOver(false);
      if (!holdsFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.stopPropagation();
      const row = event.target instanceof Element ? event.target.closest('[data-folder]') : null;
      onDropped(sourceOf(event.dataTransfer), row?.getAttribute('data-folder') ?? '');
    };
    const options = { capture: true };
    window.addEventListener('dragover', moved, options);
    window.addEventListener('dragleave', left, options);
    window.addEventListener('drop', dropped, options);
    return () => {
      window.removeEventListener('dragover', moved, options);
      window.removeEventListener('dragleave', left, options);
      window.removeEventListener('drop', dropped, options);
    };
  }, [enabled, onDropped]);
  return over ? (
    <div class="drop-zone" aria-hidden="true">
      {hint}
    </div>
  ) : null;
}
