/** A person as a coloured circle with initials. Decoration: the name stands beside it or in the control's label. */
import { initialsOf } from '../presence/names.js';
import { colorClass } from '../presence/palette.js';

export function Avatar({ name, color }: { name: string; color: number }) {
  return (
    // The stylesheet writes the initials: as text they would have to be part of the name of the control around them.
    <span class={`avatar ${colorClass(color)}`} data-initials={initialsOf(name)} aria-hidden="true" />
  );
}
