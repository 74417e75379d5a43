/** G: real editors: each keystroke is an update and, right behind it, a cursor. */
import { newTally, type CrowdedRoom } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import { atRate, busyHour, costOfEdits, fill, leaveAll, makeRoom, verify } from '../load/drive.js';
import type { Scenario } from './scenario.js';

const ROOMS = 40;
const MEMBERS = 5;
/** Of each room. */
const KEYS_PER_SECOND = 10;

export const editing: Scenario = {
  name: 'editing',
  about: 'G: 40 rooms of five editors, 10 keystrokes (update and cursor) a second in each',
  targets: ['coderoom', 'yws', 'hocuspocus'],
  onceTargets: ['coderoom-embedded', 'relay'],
  rounds: 2,
  async measure({ keepsDocuments }, { quick, start }) {
    const running = await start();
    await busyHour(running, quick);
    const tally = newTally();
    const rooms: CrowdedRoom[] = [];
    for (let i = 0; i < ROOMS; i++) {
      const room = await makeRoom(running, tally, { seed: typedDocument(500, 5), sampled: i < 2 });
      await fill(room, MEMBERS, keepsDocuments);
      rooms.push(room);
    }
    const edit = async (seconds: number): Promise<void> => {
      await atRate(rooms, ROOMS * KEYS_PER_SECOND, seconds, (member) => {
        member.type();
        member.moveCursor();
      });
      for (const room of rooms) await room.settledCursors();
    };
    const cost = await costOfEdits(running, rooms, edit, quick);
    for (const room of rooms.slice(0, 2)) await verify(room, keepsDocuments);
    leaveAll(rooms);
    return {
      us_per_keystroke: cost,
      edit_p50_ms: tally.editMs.percentile(0.5),
      edit_p99_ms: tally.editMs.percentile(0.99),
      cursor_p99_ms: tally.cursorMs.percentile(0.99),
    };
  },
};
