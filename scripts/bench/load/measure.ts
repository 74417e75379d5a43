/**
 * The load generator's process: one scenario on one server, once. Arguments: scenario, target, and `{quick, nodeFlags}` as
 * JSON. Sends `{metrics, windows}` or `{failure}` to its parent.
 */
import { scenarios } from '../scenarios/index.js';
import { targetNamed } from '../targets/index.js';
import { start, type Running } from '../targets/target.js';
import { Failed, measuredWindows } from './drive.js';

const [scenarioName, targetName = '', settings = '{}'] = process.argv.slice(2);
const { quick = false, nodeFlags = [] } = JSON.parse(settings) as { quick?: boolean; nodeFlags?: string[] };
const scenario = scenarios.find(({ name }) => name === scenarioName);
if (!scenario) throw new Error(`there is no scenario ${scenarioName}`);
const target = targetNamed(targetName);
const servers: Running[] = [];

try {
  const metrics = await scenario.measure(target, {
    quick,
    isProfiled: nodeFlags.length > 0,
    start: async () => {
      const running = await start(target, { isSettled: !quick, nodeFlags });
      servers.push(running);
      return running;
    },
  });
  const { user, system } = process.cpuUsage();
  metrics.gen_cpu_s = (user + system) / 1e6;
  process.send?.({ metrics, windows: measuredWindows });
} catch (error) {
  process.send?.({
    failure: error instanceof Failed ? error.message : error instanceof Error ? error.stack : String(error),
  });
} finally {
  // A profile is written when the server ends by itself.
  if (nodeFlags.length > 0) for (const server of servers) await server.stop();
  for (const server of servers) await server.dispose();
}
process.exit(0);
