// One study to correct: whose it is (masked until asked), what it is linked to, its series as pictures to choose from,
// what can be done, and what was done before.
import { useMutation, useQuery } from '@tanstack/react-query';
import type { EditWay, RevealedStudy, StudyToEdit } from '@yunying/api';
import { EmptyState, Problem, problemOf, Skeleton, SkeletonGroup, sentenceOf, useT } from '@yunying/ui';
import { App, Button, Popconfirm } from 'antd';
import { ChevronLeft, Eye, Send } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useRefresh } from './attended.ts';
import { type Chosen, chosenCount, nothingChosen, selectionOf } from './chosen-pictures.ts';
import { correctionApi } from './correction-api.ts';
import { CorrectionDrawer } from './correction-drawer.tsx';
import { StudyHistory } from './correction-history.tsx';
import { CorrectionSeries } from './correction-series.tsx';
import { attributeValue, attributeWord, correctionsKey, studyKeywords } from './corrections.ts';
import { LinkTag } from './link-tag.tsx';
import { formatCount } from './measure.ts';
import { PageHead } from './page-head.tsx';
import { SendStudy } from './send-study.tsx';

export function CorrectionStudy({ uid, onClose }: { uid: string; onClose: () => void }): ReactElement {
  const t = useT();
  const refetchInterval = useRefresh(10_000);
  const query = useQuery({
    queryKey: [...correctionsKey, 'study', uid],
    queryFn: ({ signal }) => correctionApi.study(uid, signal),
    refetchInterval: (found) => (found.state.data?.settled === false ? 2_000 : refetchInterval),
  });
  const study = query.data;
  // Merged away or deleted meanwhile, perhaps from here: the old answer must not stand, but the open drawer stays.
  const isGone = problemOf(query.error)?.status === 404;
  return (
    <>
      <Button
        className="corrections-back"
        type="text"
        icon={<ChevronLeft size={16} aria-hidden />}
        onClick={onClose}
      >
        {t('corrections.back')}
      </Button>
      {isGone && <EmptyState title={t('corrections.notFound')} text={t('corrections.goneText')} />}
      {study === undefined && query.error !== null && !isGone && (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      )}
      {study === undefined && query.error === null && (
        <SkeletonGroup className="row-skeleton">
          <Skeleton height={150} />
          <Skeleton height={220} />
        </SkeletonGroup>
      )}
      {study !== undefined && <Study study={study} isGone={isGone} />}
    </>
  );
}

function Study({ study, isGone }: { study: StudyToEdit; isGone: boolean }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const [way, setWay] = useState<EditWay | null>(null);
  const [chosen, setChosen] = useState<Chosen>(nothingChosen);
  const [sending, setSending] = useState(false);
  const reveal = useMutation({
    mutationFn: () => correctionApi.revealStudy(study.studyInstanceUid),
    onError: (error) => void message.error(sentenceOf(error), 8),
  });
  const count = chosenCount(chosen, study);
  return (
    <>
      {!isGone && (
        <>
          <PageHead title={study.description ?? t('corrections.noDescription')} text={study.studyInstanceUid}>
            <Button icon={<Send size={16} aria-hidden />} onClick={() => setSending(true)}>
              {t('routing.sendTo')}
            </Button>
          </PageHead>
          <StudyFacts
            study={study}
            revealed={reveal.data}
            isRevealing={reveal.isPending}
            onReveal={() => reveal.mutate()}
          />
          <section className="panel" aria-label={t('corrections.series')}>
            <header className="corrections-head">
              <h2>{t('corrections.series')}</h2>
              <span className="corrections-soft">
                {count === null
                  ? t('corrections.wholeStudy', { count: formatCount(study.instanceCount ?? 0) })
                  : t('corrections.chosen', { count: formatCount(count) })}
              </span>
              {count !== null && (
                <Button size="small" type="link" onClick={() => setChosen(nothingChosen)}>
                  {t('corrections.chooseNone')}
                </Button>
              )}
            </header>
            <CorrectionSeries study={study} chosen={chosen} onChoose={setChosen} />
            <WayButtons chosen={chosen} onWay={setWay} />
          </section>
          <section className="panel corrections-history" aria-label={t('corrections.view.history')}>
            <h2>{t('corrections.view.history')}</h2>
            <StudyHistory edits={study.history} />
          </section>
        </>
      )}
      {sending && (
        <SendStudy
          studyInstanceUid={study.studyInstanceUid}
          count={study.instanceCount}
          onClose={() => setSending(false)}
        />
      )}
      {way !== null && (
        <CorrectionDrawer
          way={way}
          study={study}
          revealed={reveal.data?.attributes ?? null}
          initial={{ way, ...initialOf(way, study, chosen) }}
          onClose={() => setWay(null)}
          onDone={() => setChosen(nothingChosen)}
        />
      )}
    </>
  );
}

function initialOf(way: EditWay, study: StudyToEdit, chosen: Chosen) {
  const { studyInstanceUid } = study;
  if (way === 'merge') return { from: studyInstanceUid };
  if (way === 'move') return { studyInstanceUid };
  if (way === 'attributes') {
    const [series] = chosen.series;
    return series === undefined ? { studyInstanceUid } : { studyInstanceUid, seriesInstanceUid: series };
  }
  return { studyInstanceUid, ...selectionOf(chosen) };
}

/** What can be done with what is chosen; what cannot says why. */
function WayButtons({ chosen, onWay }: { chosen: Chosen; onWay: (way: EditWay) => void }): ReactElement {
  const t = useT();
  const isWhole = chosen.series.length === 0 && chosen.pictures.length === 0;
  const oneSeries = chosen.series.length === 1 && chosen.pictures.length === 0;
  const ways: { way: EditWay; word: string; why: string | null; danger?: boolean }[] = [
    {
      way: 'attributes',
      word: oneSeries ? 'corrections.way.seriesAttributes' : 'corrections.way.attributes',
      why: isWhole || oneSeries ? null : t('corrections.why.attributes'),
    },
    { way: 'move', word: 'corrections.way.move', why: isWhole ? null : t('corrections.why.whole') },
    { way: 'merge', word: 'corrections.way.merge', why: isWhole ? null : t('corrections.why.whole') },
    { way: 'split', word: 'corrections.way.split', why: isWhole ? t('corrections.why.split') : null },
    { way: 'reject', word: 'corrections.way.reject', why: null, danger: true },
    { way: 'hide', word: 'corrections.way.hide', why: null, danger: true },
  ];
  const hints = [...new Set(ways.flatMap(({ why }) => (why === null ? [] : [why])))];
  return (
    <div className="corrections-ways">
      <div className="actions">
        {ways.map(({ way, word, why, danger = false }) => (
          <Button
            key={way}
            danger={danger}
            disabled={why !== null}
            title={why ?? undefined}
            onClick={() => onWay(way)}
          >
            {t(word)}
          </Button>
        ))}
      </div>
      <p className="corrections-soft">{hints.join(t('corrections.did.and'))}</p>
    </div>
  );
}

function StudyFacts(props: {
  study: StudyToEdit;
  revealed: RevealedStudy | undefined;
  isRevealing: boolean;
  onReveal: () => void;
}): ReactElement {
  const t = useT();
  const { study, revealed } = props;
  const attributes = { ...study.attributes, ...revealed?.attributes };
  const shown = studyKeywords.filter((keyword) => (attributes[keyword] ?? '') !== '');
  return (
    <section className="panel corrections-facts" aria-label={t('corrections.facts')}>
      <header className="corrections-head">
        <h2>{t('corrections.facts')}</h2>
        <LinkTag study={study} />
        {revealed === undefined ? (
          <Popconfirm
            title={t('corrections.reveal')}
            description={<p className="confirm-text">{t('corrections.revealNote')}</p>}
            okText={t('corrections.reveal')}
            onConfirm={props.onReveal}
          >
            <Button size="small" icon={<Eye size={14} aria-hidden />} loading={props.isRevealing}>
              {t('corrections.reveal')}
            </Button>
          </Popconfirm>
        ) : (
          <span className="corrections-soft">{t('corrections.revealed')}</span>
        )}
      </header>
      <dl className="corrections-attributes">
        {shown.map((keyword) => (
          <div key={keyword}>
            <dt>{attributeWord(t, keyword)}</dt>
            <dd>{attributeValue(t, keyword, attributes[keyword])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
