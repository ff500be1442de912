// The capabilities of the DICOMweb doors (PS3.18 §8.9): what can be asked where and in which forms, as WADL (XML) or as
// JSON of the same content. One table, written in both.
import { dicomJson } from '../../../http/media.ts';
import { dicomXml } from './native-model.ts';
import { dicomFile, zipFile } from './object-form.ts';

type Resource = {
  path: string;
  methods: { name: 'GET' | 'POST'; id: string; query?: string[]; offers: string[] }[];
};

export const wadl = 'application/vnd.sun.wadl+xml';
export const capabilityTypes = [wadl, 'application/xml', 'application/json'] as const;

const related = (type: string) => `multipart/related; type="${type}"`;
const objects = [`${related(dicomFile)}; transfer-syntax=*`, zipFile];
const metadata = [dicomJson, related(dicomXml)];
const found = [dicomJson, related(dicomXml)];
const pictures = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
const rendering = ['accept', 'viewport', 'window', 'quality', 'annotation', 'iccprofile'];
const searching = ['accept', 'limit', 'offset', 'includefield', 'fuzzymatching'];
const instance = '/studies/{study}/series/{series}/instances/{instance}';

function get(id: string, offers: string[], query: string[] = ['accept']) {
  return { name: 'GET' as const, id, query, offers };
}

export const resources: readonly Resource[] = [
  {
    path: '/studies',
    methods: [
      get('SearchForStudies', found, searching),
      { name: 'POST', id: 'StoreInstances', offers: found },
    ],
  },
  { path: '/series', methods: [get('SearchForSeries', found, searching)] },
  { path: '/instances', methods: [get('SearchForInstances', found, searching)] },
  {
    path: '/studies/{study}',
    methods: [get('RetrieveStudy', objects), { name: 'POST', id: 'StoreStudyInstances', offers: found }],
  },
  { path: '/studies/{study}/series', methods: [get('SearchForStudySeries', found, searching)] },
  { path: '/studies/{study}/instances', methods: [get('SearchForStudyInstances', found, searching)] },
  { path: '/studies/{study}/series/{series}', methods: [get('RetrieveSeries', objects)] },
  {
    path: '/studies/{study}/series/{series}/instances',
    methods: [get('SearchForStudySeriesInstances', found, searching)],
  },
  { path: instance, methods: [get('RetrieveInstance', [`${dicomFile}; transfer-syntax=*`, ...objects])] },
  ...['/studies/{study}', '/studies/{study}/series/{series}', instance].flatMap((path): Resource[] => [
    { path: `${path}/metadata`, methods: [get('RetrieveMetadata', metadata)] },
    { path: `${path}/bulkdata`, methods: [get('RetrieveBulkData', [related('application/octet-stream')])] },
    { path: `${path}/rendered`, methods: [get('RetrieveRendered', pictures, rendering)] },
    { path: `${path}/thumbnail`, methods: [get('RetrieveThumbnail', pictures, ['accept', 'viewport'])] },
  ]),
  {
    path: `${instance}/bulkdata/{path}`,
    methods: [get('RetrieveBulkDataValue', ['application/octet-stream'])],
  },
  {
    path: `${instance}/frames/{frames}`,
    methods: [
      get('RetrieveFrames', [
        related('application/octet-stream'),
        'image/jphc',
        `${related('*/*')}; transfer-syntax=*`,
      ]),
    ],
  },
  {
    path: `${instance}/frames/{frames}/rendered`,
    methods: [get('RetrieveRenderedFrames', pictures, rendering)],
  },
];

export function capabilitiesJson(base: string): object {
  return { base, resources };
}

export function capabilitiesWadl(base: string): string {
  const lines = resources.map(({ path, methods }) => {
    const inner = methods.map(({ name, id, query = [], offers }) => {
      const asked = query.map((one) => `<param name="${one}" style="query"/>`).join('');
      const given = offers
        .map((one) => `<representation mediaType="${one.replace(/"/g, '&quot;')}"/>`)
        .join('');
      return `<method name="${name}" id="${id}"><request>${asked}</request><response>${given}</response></method>`;
    });
    return `<resource path="${path.slice(1)}">${inner.join('')}</resource>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="${base.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}">${lines.join('')}</resources></application>\n`;
}
