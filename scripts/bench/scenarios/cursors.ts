/** F: one room of 50 in which everybody's cursor moves ten times a second. */
import { newTally } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import { atRate, cpuOf, fill, leaveAll, makeRoom, startCounting } from '../load/drive.js';
import { warmUpSeconds, type Scenario } from './scenario.js';

const MEMBERS = 50;
const MOVES_PER_SECOND = 10 * MEMBERS;

export const cursors: Scenario = {
  name: 'cursors',
  about: 'F: 50 cursors in one room, ten moves a second each',
  targets: ['coderoom', 'yws'],
  onceTargets: ['coderoom-embedded', 'hocuspocus', 'relay'],
  rounds: 2,
  async measure({ keepsDocuments }, { quick, start }) {
    const running = await start();
    const tally = newTally();
    const room = await makeRoom(running, tally, { seed: typedDocument(500, 5) });
    await fill(room, MEMBERS, keepsDocuments);
    await startCounting([room]);
    const move = (seconds: number): Promise<void> =>
      atRate([room], MOVES_PER_SECOND, seconds, (member) => member.moveCursor());
    await move(warmUpSeconds(quick));
    await room.settledCursors();
    const before = tally.moves;
    const bytesBefore = room.bytesReceived;
    tally.cursorMs.clear();
    const cpu = await cpuOf(running, async () => {
      await move(quick ? 2 : 5);
      await room.settledCursors();
    });
    leaveAll([room]);
    const moves = tally.moves - before;
    return {
      us_per_move: cpu / moves,
      p50_ms: tally.cursorMs.percentile(0.5),
      p99_ms: tally.cursorMs.percentile(0.99),
      bytes_per_move: (room.bytesReceived - bytesBefore) / moves,
    };
  },
};
