/** Deleted ranges as a list, and as the bytes of an update. */
import * as encoding from 'lib0/encoding';

/** Deleted ranges, those of one client together and ascending. */
export interface DeleteList {
  readonly client: number[];
  readonly start: number[];
  readonly end: number[];
}

export function noDeletes(): DeleteList {
  return { client: [], start: [], end: [] };
}

/** Adds a range, which is not empty. */
export function push(list: DeleteList, client: number, start: number, end: number): void {
  list.client.push(client);
  list.start.push(start);
  list.end.push(end);
}

/** An update of these structs (sections with their count; null: none) and these deletes, which are grouped by client. */
export function withDeletes(structs: Uint8Array | null, { client, start, end }: DeleteList): Uint8Array {
  const encoder = encoding.createEncoder();
  if (structs === null) encoding.writeVarUint(encoder, 0);
  else encoding.writeUint8Array(encoder, structs);
  let clients = 0;
  for (let i = 0; i < client.length; i++) if (i === 0 || client[i] !== client[i - 1]) clients++;
  encoding.writeVarUint(encoder, clients);
  for (let i = 0; i < client.length;) {
    let to = i + 1;
    while (client[to] === client[i]) to++;
    encoding.writeVarUint(encoder, client[i] as number);
    encoding.writeVarUint(encoder, to - i);
    for (; i < to; i++) {
      encoding.writeVarUint(encoder, start[i] as number);
      encoding.writeVarUint(encoder, (end[i] as number) - (start[i] as number));
    }
  }
  return encoding.toUint8Array(encoder);
}
