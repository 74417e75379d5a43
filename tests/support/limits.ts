/** The limits of a server whose operator set none. */
import { readConfig } from '../../server/config.js';

export const { limits } = readConfig({}, { read: () => null });
