/** The version of the server that served this page. */
import { request } from './http.js';
import { parseVersion } from './types.js';

export const getVersion = (signal: AbortSignal): Promise<string> =>
  request('/version', parseVersion, { signal });
