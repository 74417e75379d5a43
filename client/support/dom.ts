/** Small things of the browser that several parts need. */
import { useEffect, useState } from 'preact/hooks';

/** Whether a media query holds, as it changes. */
export function useMediaQuery(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const update = (): void => setMatches(list.matches);
    update();
    list.addEventListener('change', update);
    return () => list.removeEventListener('change', update);
  }, [query]);
  return matches;
}

/** Below this width the header is one row and the status line carries the language. */
export const NARROW = '(max-width: 719px)';

export const isNarrow = (): boolean => window.matchMedia(NARROW).matches;

/** Saves a text, or the bytes of a zip, as a file of the person's own machine. */
export function download(fileName: string, content: string | Uint8Array<ArrayBuffer>): void {
  const type = typeof content === 'string' ? 'text/plain;charset=utf-8' : 'application/zip';
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The click has started reading; some browsers cancel when the URL goes in the same turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Copies text; also on plain http, where `navigator.clipboard` does not exist. False when the browser refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    // The only way left on an insecure origin.
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

const dayInFull = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' });
const dayWithYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

/** "3 May", with the year when it is another one. */
export const dayText = (at: number, now: number = Date.now()): string =>
  (new Date(at).getFullYear() === new Date(now).getFullYear() ? dayInFull : dayWithYear).format(at);

/** "14:02", local time. */
export const clockTime = (at: number): string => clock.format(at);

/** "14:02:09" for today, "3 May, 14:02" for other days. */
export function momentText(at: number, now: number = Date.now()): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return sameDay ? clockWithSeconds.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}
