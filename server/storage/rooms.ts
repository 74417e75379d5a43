/** Rooms as rows: making, finding, changing and deleting them. Their documents are documents.ts' concern. */
import { randomUUID } from 'node:crypto';

import { AppError } from '../support/errors.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import { encodeRow } from './rows.js';
import type { NewRoom, RoomChange, RoomRecord } from './store.js';

/** One transaction: the room and its beginning. */
export async function createRoom(
  { prisma, answer }: Database,
  room: NewRoom,
  firstUpdate: Uint8Array,
): Promise<RoomRecord> {
  try {
    return await answer('creating the room', async () => {
      const [made] = await prisma.$transaction([
        prisma.room.create({
          data: {
            id: room.id,
            name: room.name,
            createdBy: room.createdBy,
            ownerTokenHash: new Uint8Array(room.ownerTokenHash),
          },
        }),
        prisma.logEntry.create({
          data: { roomId: room.id, writer: randomUUID(), n: 1, count: 1, data: encodeRow([firstUpdate]) },
        }),
      ]);
      return made;
    });
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') {
      throw new AppError('room-taken', `The room id ${room.id} is taken`, { cause: error });
    }
    throw error;
  }
}

/** Deleted rooms are found too; null means there never was one. */
export function findRoom({ prisma, answer }: Database, id: string): Promise<RoomRecord | null> {
  return answer('finding the room', () => prisma.room.findUnique({ where: { id } }));
}

export async function updateRoom(database: Database, id: string, change: RoomChange): Promise<void> {
  const { count } = await database.answer('changing the room', () =>
    database.prisma.room.updateMany({ where: { id, deletedAt: null }, data: change }),
  );
  if (count === 1) return;
  const room = await findRoom(database, id);
  if (room) throw new AppError('room-gone', `The room ${id} was deleted`);
  throw new AppError('room-not-found', `There is no room ${id}`);
}

/** False when it was deleted already, or never was. */
export async function deleteRoom({ prisma, answer }: Database, id: string): Promise<boolean> {
  const { count } = await answer('deleting the room', () =>
    prisma.room.updateMany({ where: { id, deletedAt: null }, data: { deletedAt: new Date() } }),
  );
  return count === 1;
}
