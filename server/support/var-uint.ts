/** lib0's varuint (7 bits a byte, low bits first), written where bytes are counted before they are written: no encoder is made. */

/** Bytes that the value takes. */
export function varUintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes the value at `offset` and returns the offset behind it. */
export function writeVarUint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest > 127) {
    target[at++] = 128 | (rest & 127);
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}
