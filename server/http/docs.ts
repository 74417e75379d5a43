/** `/openapi.json`, `/docs` (Swagger UI) and `/redoc`, served from this machine alone. What they show is openapi.ts's. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Router, type RequestHandler } from 'express';

import { AppError } from '../support/errors.js';
import { openApiDocument } from './openapi.js';
import { otherMethods } from './problem.js';
import { redocHeaders } from './security-headers.js';

const page = (title: string, head: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
${body}
</body>
</html>
`;

// Inline scripts are refused by our own policy, so the pages start from files.
const swaggerStart = `SwaggerUIBundle({
  url: new URL('../openapi.json', document.currentScript.src).href,
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
});
`;
const redocStart = `Redoc.init(
  new URL('../openapi.json', document.currentScript.src).href,
  { hideDownloadButton: false, theme: { typography: { fontFamily: 'system-ui, sans-serif', headings: { fontFamily: 'system-ui, sans-serif' } } } },
  document.getElementById('docs'),
);
`;

/** Redoc's footer asks a content network for its logo; the link stays, the picture becomes an empty one. */
const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const EMPTY_PICTURE = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

const packaged = {
  'swagger-ui-bundle.js': 'text/javascript',
  'swagger-ui.css': 'text/css',
  'redoc.standalone.js': 'text/javascript',
} as const;

/** @param folder where the build put the packages' own scripts and styles (dist/api-docs) */
export function docsRouter({ folder, version }: { folder: string; version: string }): Router {
  const router = Router();
  const document = JSON.stringify(openApiDocument(version));

  const html =
    (make: (base: string) => string): RequestHandler =>
    (req, res) => {
      res
        .set('Cache-Control', 'no-cache')
        .type('html')
        .send(make(`${req.baseUrl}/docs`));
    };
  const script =
    (text: string): RequestHandler =>
    (_req, res) => {
      res.set('Cache-Control', 'no-cache').type('text/javascript').send(text);
    };

  const kept = new Map<string, Promise<string>>();
  const readPackaged = (name: string): Promise<string> => {
    const reading =
      kept.get(name) ??
      readFile(join(folder, name), 'utf8').then((text) => text.replaceAll(REDOC_LOGO, EMPTY_PICTURE));
    kept.set(name, reading);
    reading.catch(() => kept.delete(name)); // it may be built later
    return reading;
  };

  router
    .route('/openapi.json')
    .get((_req, res) => void res.set('Cache-Control', 'no-cache').type('json').send(document))
    .all(otherMethods('GET'));
  router
    .route('/docs')
    .get(
      html((base) =>
        page(
          'Coderoom API',
          `<link rel="stylesheet" href="${base}/swagger-ui.css">`,
          `<div id="docs"></div>\n<script src="${base}/swagger-ui-bundle.js"></script>\n<script src="${base}/swagger-start.js"></script>`,
        ),
      ),
    )
    .all(otherMethods('GET'));
  router
    .route('/redoc')
    .get(
      redocHeaders,
      html((base) =>
        page(
          'Coderoom API',
          '',
          `<div id="docs"></div>\n<script src="${base}/redoc.standalone.js"></script>\n<script src="${base}/redoc-start.js"></script>`,
        ),
      ),
    )
    .all(otherMethods('GET'));
  router.get('/docs/swagger-start.js', script(swaggerStart));
  router.get('/docs/redoc-start.js', script(redocStart));
  for (const [name, type] of Object.entries(packaged)) {
    router.get(`/docs/${name}`, async (_req, res) => {
      const text = await readPackaged(name).catch((cause: unknown) => {
        throw new AppError('not-found', 'The API pages were not built: run npm run build', { cause });
      });
      res.set('Cache-Control', 'public, max-age=3600').type(type).send(text);
    });
  }
  return router;
}
