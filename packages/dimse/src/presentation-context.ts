// Presentation contexts of an established association, and the answers to proposed ones
// (PS3.8 §7.1.1.13-14, §9.3.3.2).
import { DimseError } from './errors.ts';
import type { AssociateAccept, AssociateRequest, ContextAnswer, ProposedContext } from './pdu-types.ts';
import { contextResult } from './pdu-types.ts';

export interface PresentationContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

export type ContextMap = ReadonlyMap<number, PresentationContext>;

/** Answers a transfer syntax out of those proposed, or a contextResult that says why not. */
export type ChooseSyntax = (proposed: ProposedContext) => string | number;

export function answerContexts(request: AssociateRequest, choose: ChooseSyntax): ContextAnswer[] {
  return request.contexts.map((proposed) => {
    const choice = choose(proposed);
    return typeof choice === 'string'
      ? { id: proposed.id, result: contextResult.acceptance, transferSyntax: choice }
      : refuse(proposed, choice);
  });
}

/** One answer per proposed context in their order; what the negotiator left out is refused. */
export function completeAnswers(
  request: AssociateRequest,
  answers: readonly ContextAnswer[],
): ContextAnswer[] {
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return request.contexts.map((proposed) => {
    const answer = byId.get(proposed.id);
    if (answer === undefined) return refuse(proposed, contextResult.noReason);
    if (answer.result !== contextResult.acceptance) return refuse(proposed, answer.result);
    if (!proposed.transferSyntaxes.includes(answer.transferSyntax)) {
      throw new DimseError(
        'invalid-argument',
        `context ${proposed.id} was accepted with a syntax that was not proposed`,
      );
    }
    return answer;
  });
}

/** The transfer syntax of a refused context is not significant, but some peers insist on a valid one. */
function refuse(proposed: ProposedContext, result: number): ContextAnswer {
  return { id: proposed.id, result, transferSyntax: proposed.transferSyntaxes[0] ?? '' };
}

/** The accepted contexts. An answer to what was never proposed is ignored. */
export function acceptedContexts(
  request: Pick<AssociateRequest, 'contexts'>,
  accept: Pick<AssociateAccept, 'contexts'>,
): Map<number, PresentationContext> {
  const proposed = new Map(request.contexts.map((context) => [context.id, context]));
  const accepted = new Map<number, PresentationContext>();
  for (const { id, result, transferSyntax } of accept.contexts) {
    const context = proposed.get(id);
    if (result !== contextResult.acceptance || context === undefined) continue;
    if (!context.transferSyntaxes.includes(transferSyntax)) continue;
    accepted.set(id, { id, abstractSyntax: context.abstractSyntax, transferSyntax });
  }
  return accepted;
}
