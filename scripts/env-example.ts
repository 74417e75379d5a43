/** Writes `.env.example` from the settings of server/config.ts: npx tsx scripts/env-example.ts */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { envExample } from '../server/config.js';
import { projectRoot } from '../server/support/project-root.js';

writeFileSync(join(projectRoot(), '.env.example'), envExample());
