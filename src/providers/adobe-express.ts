/** Adobe Express: known by name and never called, because Adobe offers no HTTP API for it. Looked up in November 2026. */
import { defineProvider } from './define-provider';

const ABSENT =
  'Adobe offers no HTTP API for Express, only add-ons and an editor inside web pages; name another provider';

export const ADOBE_EXPRESS = defineProvider({
  provider: 'adobe-express',
  title: 'Adobe Express',
  keyVariable: 'ADOBE_EXPRESS_TOKEN',
  baseUrlVariable: 'ADOBE_EXPRESS_BASE_URL',
  more: [
    { name: 'ADOBE_EXPRESS_TOKEN', required: false, description: 'Read by nothing as long as there is no API.' },
    { name: 'ADOBE_EXPRESS_BASE_URL', required: false, description: 'Read by nothing as long as there is no API.' },
  ],
  sources: ['https://developer.adobe.com/express/', 'https://developer.adobe.com/express/embed-sdk/'],
  headers: () => ({}),
  connect: () => ABSENT,
  honours: 'is never made',
  tools: {},
});
