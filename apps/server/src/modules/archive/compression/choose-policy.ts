// Which policies hold for an object: read in order, the first that fits decides, for each action by itself; `keep` ends
// the reading, so that it shields an object from what stands behind it. Pure.
import type { PolicyRow } from './repo.ts';

export type Chosen = { replace: PolicyRow | null; preview: PolicyRow | null };
export type Age = { modality: string | null; days: number };

export function choosePolicies(policies: readonly PolicyRow[], of: Age): Chosen {
  const chosen: Chosen = { replace: null, preview: null };
  for (const policy of policies) {
    const fits =
      policy.enabled &&
      of.days >= policy.least_age_days &&
      (policy.modality === null || policy.modality === of.modality);
    if (!fits) continue;
    if (policy.action === 'keep') break;
    if (policy.action === 'replace') chosen.replace ??= policy;
    else chosen.preview ??= policy;
  }
  return chosen;
}

/** Nothing younger is looked at; null: no policy does anything. */
export function leastAgeDays(policies: readonly PolicyRow[]): number | null {
  const ages = policies
    .filter((one) => one.enabled && one.action !== 'keep')
    .map((one) => one.least_age_days);
  return ages.length === 0 ? null : Math.min(...ages);
}
