// The routes of the administration listener, one function each; types from packages/api. Error sentences come back in
// the language of the screens.
import {
  ApiError,
  type AvailabilityRule,
  type CompressionOverview,
  type CompressionPolicy,
  callApi,
  type EchoAnswer,
  type HangingOverview,
  type HangingProtocol,
  type JobCounts,
  type JobItem,
  type ListedAvailabilityRule,
  type LossyNode,
  type Me,
  type MessageOutcome,
  type MessagePage,
  type MessageState,
  type NewNode,
  type NewRoutingPull,
  type NewRoutingRule,
  type NodeItem,
  type Overview,
  type Problem,
  type QuarantineItem,
  type RoutingPull,
  type RoutingRule,
  type RoutingSend,
  type RoutingSendPage,
  type UnlinkedItem,
} from '@yunying/api';
import { currentLanguage, problemOf } from '@yunying/ui';

/** `totalIsFloor`: there are more than `total`, not all counted. */
export type Page<T> = { items: T[]; nextCursor: string | null; total: number; totalIsFloor?: boolean };
export type PageAsk = { cursor: string | null; limit: number };
export type Resolution = {
  outcome: 'stored' | 'duplicate' | 'conflict' | 'refused' | 'dismissed';
  reasonCode: string | null;
};

export function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return callApi<T>(method, path, body, {
    language: currentLanguage(),
    ...(signal === undefined ? {} : { signal }),
  });
}

export function paged(path: string, ask: PageAsk, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...more, limit: String(ask.limit) });
  if (ask.cursor !== null) query.set('cursor', ask.cursor);
  return `${path}?${query}`;
}

export const consoleApi = {
  /** null: nobody is signed in. */
  me: async (signal?: AbortSignal): Promise<Me | null> => {
    try {
      return await call<Me>('GET', '/api/me', undefined, signal);
    } catch (error) {
      if (problemOf(error)?.status === 401) return null;
      throw error;
    }
  },
  logIn: (loginName: string, password: string) =>
    call<Me>('POST', '/api/staff/login', { loginName, password }),
  logOut: () => call<void>('POST', '/api/logout', {}),
  changePassword: (oldPassword: string, newPassword: string) =>
    call<void>('POST', '/api/staff/password', { oldPassword, newPassword }),
  overview: (signal?: AbortSignal) => call<Overview>('GET', '/api/overview', undefined, signal),
  quarantine: (ask: PageAsk, signal?: AbortSignal) =>
    call<Page<QuarantineItem>>('GET', paged('/api/quarantine', ask), undefined, signal),
  quarantineContentUrl: (id: string) => `/api/quarantine/${id}/content`,
  retryQuarantine: (id: string) => call<Resolution>('POST', `/api/quarantine/${id}/retry`, {}),
  dismissQuarantine: (id: string) => call<Resolution>('POST', `/api/quarantine/${id}/dismiss`, {}),
  unlinked: (ask: PageAsk, signal?: AbortSignal) =>
    call<Page<UnlinkedItem>>('GET', paged('/api/unlinked', ask), undefined, signal),
  messages: (state: MessageState, ask: PageAsk, signal?: AbortSignal) =>
    call<MessagePage>('GET', paged('/api/messages', ask, { state }), undefined, signal),
  messageContentUrl: (id: string) => `/api/messages/${id}/content`,
  messageText: async (id: string, signal: AbortSignal): Promise<string> => {
    const headers = { accept: 'text/plain', 'accept-language': currentLanguage() };
    const response = await fetch(`/api/messages/${id}/content`, {
      headers,
      credentials: 'same-origin',
      signal,
    });
    if (!response.ok) throw new ApiError((await response.json()) as Problem);
    return response.text();
  },
  retryMessage: (id: string) => call<MessageOutcome>('POST', `/api/messages/${id}/retry`, {}),
  jobs: (state: JobItem['state'], ask: PageAsk, signal?: AbortSignal) =>
    call<Page<JobItem> & { counts: JobCounts }>('GET', paged('/api/jobs', ask, { state }), undefined, signal),
  retryJob: (id: string) => call<JobItem>('POST', `/api/jobs/${id}/retry`, {}),
  nodes: (signal?: AbortSignal) => call<NodeItem[]>('GET', '/api/nodes', undefined, signal),
  echoNode: (id: string) => call<EchoAnswer>('POST', `/api/nodes/${id}/echo`, {}),
  switchNode: (id: string, act: 'disable' | 'enable') =>
    call<NodeItem>('POST', `/api/nodes/${id}/${act}`, {}),
  routingRules: (signal?: AbortSignal) => call<RoutingRule[]>('GET', '/api/routing/rules', undefined, signal),
  saveRoutingRule: (id: string | null, rule: NewRoutingRule) =>
    id === null
      ? call<RoutingRule>('POST', '/api/routing/rules', rule)
      : call<RoutingRule>('PUT', `/api/routing/rules/${id}`, rule),
  removeRoutingRule: (id: string) => call<{ id: string }>('DELETE', `/api/routing/rules/${id}`),
  routingSends: (ask: PageAsk, signal?: AbortSignal, studyInstanceUid?: string) =>
    call<RoutingSendPage>(
      'GET',
      paged('/api/routing/sends', ask, studyInstanceUid === undefined ? {} : { studyInstanceUid }),
      undefined,
      signal,
    ),
  sendStudy: (studyInstanceUid: string, nodeId: string) =>
    call<RoutingSend>('POST', '/api/routing/sends', { studyInstanceUid, nodeId }),
  cancelRoutingSend: (id: string) => call<RoutingSend>('POST', `/api/routing/sends/${id}/cancel`, {}),
  retryRoutingSend: (id: string) => call<RoutingSend>('POST', `/api/routing/sends/${id}/retry`, {}),
  availabilityRules: (signal?: AbortSignal) =>
    call<ListedAvailabilityRule[]>('GET', '/api/availability-rules', undefined, signal),
  saveAvailabilityRule: (nodeId: string, modalities: string[]) =>
    call<AvailabilityRule>('PUT', `/api/nodes/${nodeId}/availability-rule`, { modalities }),
  removeAvailabilityRule: (nodeId: string) => call<void>('DELETE', `/api/nodes/${nodeId}/availability-rule`),
  routingPulls: (ask: PageAsk, signal?: AbortSignal) =>
    call<Page<RoutingPull>>('GET', paged('/api/routing/pulls', ask), undefined, signal),
  startRoutingPull: (pull: NewRoutingPull) => call<RoutingPull>('POST', '/api/routing/pulls', pull),
  changeRoutingPull: (id: string, act: 'stop' | 'resume') =>
    call<RoutingPull>('POST', `/api/routing/pulls/${id}/${act}`, {}),
  compression: (signal?: AbortSignal) =>
    call<CompressionOverview>('GET', '/api/compression', undefined, signal),
  hanging: (signal?: AbortSignal) => call<HangingOverview>('GET', '/api/hanging', undefined, signal),
  hangingVersion: (version: number) => call<HangingProtocol[]>('GET', `/api/hanging/versions/${version}`),
  saveHanging: (after: number, protocols: HangingProtocol[]) =>
    call<HangingOverview>('PUT', '/api/hanging', { after, protocols }),
  saveCompression: (policies: CompressionPolicy[]) =>
    call<CompressionPolicy[]>('PUT', '/api/compression/policies', policies),
  rollBackCompression: (study: string) =>
    call<{ objects: number }>('POST', `/api/compression/studies/${study}/roll-back`, {}),
  allowLossy: (node: string, ratio: number) =>
    call<LossyNode>('PUT', `/api/compression/lossy-nodes/${node}`, { ratio }),
  forbidLossy: (node: string) => call<{ node: string }>('DELETE', `/api/compression/lossy-nodes/${node}`),
  startCompression: () => call<{ jobId: string }>('POST', '/api/compression/run', {}),
  saveNode: (node: NewNode) => call<NodeItem>('POST', '/api/nodes', node),
};
