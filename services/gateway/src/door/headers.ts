import { constants, type IncomingHttpHeaders, type IncomingHttpStatusHeader, type OutgoingHttpHeaders } from 'node:http2';

/** What concerns one connection only (RFC 9110, section 7.6.1); HTTP/2 forbids it anyway (RFC 9113, section 8.2.2). */
const OF_ONE_HOP: ReadonlySet<string> = new Set(['connection', 'host', 'http2-settings', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'transfer-encoding', 'upgrade']);

const passed = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':') && !OF_ONE_HOP.has(name)));

/** The headers of a call as they go on: all that the caller sent. */
export const requestOf = (headers: IncomingHttpHeaders, authority: string, scheme: 'http' | 'https'): OutgoingHttpHeaders => ({
  ':method': constants.HTTP2_METHOD_POST,
  ':scheme': scheme,
  ':authority': headers[':authority'] ?? authority,
  ':path': headers[':path'],
  ...passed(headers),
});

/** The headers of an answer as they go back. */
export const responseOf = (headers: IncomingHttpHeaders & IncomingHttpStatusHeader): OutgoingHttpHeaders => ({ ':status': headers[':status'] ?? constants.HTTP_STATUS_OK, ...passed(headers) });

/** The trailers of an answer as they go back. */
export const trailersOf = (trailers: IncomingHttpHeaders): OutgoingHttpHeaders => passed(trailers);
