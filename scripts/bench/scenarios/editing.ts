/** G: real editors: each keystroke is an update and, right behind it, a cursor. */
import { newTally, type CrowdedRoom } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import { atRate, cpuOf, fill, leaveAll, makeRoom, settle, startCounting, verify } from '../load/drive.js';
import { warmUpSeconds, type Scenario } from './scenario.js';

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
    const tally = newTally();
    const rooms: CrowdedRoom[] = [];
    for (let i = 0; i < ROOMS; i++) {
      const room = await makeRoom(running, tally, { seed: typedDocument(500, 5), sampled: i < 2 });
      await fill(room, MEMBERS, keepsDocuments);
      rooms.push(room);
    }
    await startCounting(rooms);
    const edit = (seconds: number): Promise<void> =>
      atRate(rooms, ROOMS * KEYS_PER_SECOND, seconds, (member) => {
        member.type();
        member.moveCursor();
      });
    await edit(warmUpSeconds(quick));
    await settle(rooms);
    const before = tally.edits;
    tally.editMs.clear();
    tally.cursorMs.clear();
    const cpu = await cpuOf(running, async () => {
      await edit(quick ? 2 : 5);
      await settle(rooms);
      for (const room of rooms) await room.settledCursors();
    });
    for (const room of rooms.slice(0, 2)) await verify(room, keepsDocuments);
    leaveAll(rooms);
    return {
      us_per_keystroke: cpu / (tally.edits - before),
      edit_p50_ms: tally.editMs.percentile(0.5),
      edit_p99_ms: tally.editMs.percentile(0.99),
      cursor_p99_ms: tally.cursorMs.percentile(0.99),
    };
  },
};
