/** Who else is in a file: their initials in their colours, and their names for those who hear the page. */
import { SharedDoc } from '../../server/contract/wire.js';
import { messages } from '../messages.js';
import { initialsOf } from '../presence/names.js';
import { colorClass } from '../presence/palette.js';
import type { Person } from '../presence/people.js';

/** More do not fit a row; the number says the rest. */
const MAX_SHOWN = 3;

/** People in this file, oneself left out. Programs that do not say where they are are in the first file. */
export const visitorsOf = (file: string, people: readonly Person[]): Person[] =>
  people.filter((one) => !one.isMe && (one.file ?? SharedDoc.mainFile) === file);

export function FileVisitors({ file, people }: { file: string; people: readonly Person[] }) {
  const here = visitorsOf(file, people);
  if (here.length === 0) return null;
  return (
    <span class="file-visitors" data-testid="file-visitors" title={here.map((one) => one.name).join(', ')}>
      {here.slice(0, MAX_SHOWN).map((one) => (
        <span key={one.clientId} class={`visitor ${colorClass(one.color)}`} aria-hidden="true">
          {initialsOf(one.name)}
        </span>
      ))}
      {here.length > MAX_SHOWN && <span aria-hidden="true">+{here.length - MAX_SHOWN}</span>}
      <span class="visually-hidden">{messages.files.here(here.map((one) => one.name).join(', '))}</span>
    </span>
  );
}
