// What a person sees when something was refused or failed: the server's own sentence, what to do next, and the
// number under which the log knows it. Announced to screen readers at once.
import type { Problem as ProblemBody } from '@yunying/api';
import type { ReactElement, ReactNode } from 'react';
import { BlankDrawing } from './empty-state.tsx';
import { translate, useT } from './i18n/set-up.ts';

/** The wire problem inside an ApiError, or null for anything else (network, a bug). */
export function problemOf(error: unknown): ProblemBody | null {
  if (typeof error !== 'object' || error === null || !('problem' in error)) return null;
  const body = error.problem;
  const known = typeof body === 'object' && body !== null && 'code' in body && 'title' in body;
  return known ? (body as ProblemBody) : null;
}

export function isNetworkFailure(error: unknown): boolean {
  const problem = problemOf(error);
  return problem === null ? error instanceof TypeError : problem.code === 'network';
}

/** One sentence for people in the current language. */
export function sentenceOf(error: unknown): string {
  if (isNetworkFailure(error)) return translate('problem.network');
  return problemOf(error)?.title || translate('problem.unexpected');
}

/** A number in the problem's details, for example `remaining` or `retryAfterSeconds`. */
export function detailOf(error: unknown, name: string): number | null {
  const value = problemOf(error)?.details?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Asking again is worth a button when the refusal was not about what was asked. */
function mayHelp(error: unknown): boolean {
  const status = problemOf(error)?.status ?? 0;
  return status < 400 || status >= 500 || status === 429;
}

/** A whole page or panel that could not be shown. */
export function Problem(props: { error: unknown; onRetry?: () => void; children?: ReactNode }): ReactElement {
  const t = useT();
  const traceId = problemOf(props.error)?.traceId ?? '';
  return (
    <div className="yy-blank" role="alert">
      <BlankDrawing kind="problem" />
      <h2>{t('problem.title')}</h2>
      <p>{sentenceOf(props.error)}</p>
      {traceId !== '' && <small>{t('problem.trace', { id: traceId })}</small>}
      {props.onRetry !== undefined && mayHelp(props.error) && (
        <button type="button" className="yy-button" onClick={props.onRetry}>
          {t('ui.retry')}
        </button>
      )}
      {props.children}
    </div>
  );
}
