import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { secureHeaders } from 'hono/secure-headers';
import { z } from 'zod';
import { json, openApiDocument, text } from './openapi';
import type { Route } from './route';

/** Where the page's own files stand in the package. */
const PAGE = path.join(__dirname, '../../page');

/** Where those of Swagger UI stand. */
const SWAGGER = path.dirname(require.resolve('swagger-ui-dist/package.json'));

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** What the page may load: files of this service and drawings within its style, nothing else and nothing from elsewhere. */
export const pageHeaders = secureHeaders({
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

/** The document of all routes, `others` and these, and a page that shows it and tries them. */
export function documentationRoutes(others: readonly Route[]): Route[] {
  const own: Route[] = [
    {
      method: 'GET',
      path: '/openapi.json',
      needs: 'public',
      doc: {
        tag: 'documentation',
        summary: 'This document',
        answer: json('OpenAPI 3.1', z.looseObject({ openapi: z.string() })),
      },
      handle: (context) => context.json((document ??= openApiDocument([...others, ...own]))),
    },
    file('/docs', path.join(PAGE, 'index.html'), HTML, 'A page to read about the routes and to try them'),
    file('/docs/page.js', path.join(PAGE, 'page.js'), SCRIPT, 'Script of the page'),
    file('/docs/swagger-ui.js', path.join(SWAGGER, 'swagger-ui-bundle.js'), SCRIPT, 'Swagger UI'),
    file('/docs/swagger-ui.css', path.join(SWAGGER, 'swagger-ui.css'), STYLE, 'Style of Swagger UI'),
  ];
  let document: ReturnType<typeof openApiDocument> | undefined;
  return own;
}

function file(route: string, place: string, type: string, summary: string): Route {
  const [media = type] = type.split(';');
  return {
    method: 'GET',
    path: route,
    needs: 'public',
    doc: { tag: 'documentation', summary, answer: text('The file', media) },
    handle: async (context) => {
      const { size } = await stat(place);
      const body = Readable.toWeb(createReadStream(place)) as ReadableStream<Uint8Array>;
      return context.body(body, 200, { 'Content-Type': type, 'Content-Length': String(size) });
    },
  };
}
