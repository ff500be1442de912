// The series of a study as pictures. A series is chosen as a whole by its box; single pictures in the opened series.
// Keyboard: every picture is a button that is pressed or not.
import { useQuery } from '@tanstack/react-query';
import type { InstanceToEdit, StudyToEdit } from '@yunying/api';
import { Skeleton, SkeletonGroup, sentenceOf, useT } from '@yunying/ui';
import { Button, Checkbox } from 'antd';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import { type Chosen, learnPictures, togglePicture, toggleSeries, unknownSeries } from './chosen-pictures.ts';
import { correctionApi } from './correction-api.ts';
import { correctionsKey, pictureCount } from './corrections.ts';
import { formatCount } from './measure.ts';

type Props = { study: StudyToEdit; chosen: Chosen; onChoose: (chosen: Chosen) => void };
type Series = StudyToEdit['series'][number];

const picturesAtOnce = 60;

export function CorrectionSeries({ study, chosen, onChoose }: Props): ReactElement {
  const t = useT();
  const [opened, setOpened] = useState<string | null>(null);
  const series = study.series.find((one) => one.seriesInstanceUid === opened);
  if (study.series.length === 0) return <p className="corrections-soft">{t('corrections.noSeries')}</p>;
  return (
    <>
      <ul className="series-grid">
        {study.series.map((one) => (
          <SeriesCard
            key={one.seriesInstanceUid}
            series={one}
            isChosen={chosen.series.includes(one.seriesInstanceUid)}
            picked={chosen.pictures.filter((picture) => picture.series === one.seriesInstanceUid).length}
            isOpen={opened === one.seriesInstanceUid}
            onToggle={() => onChoose(toggleSeries(chosen, one.seriesInstanceUid))}
            onOpen={() => setOpened(opened === one.seriesInstanceUid ? null : one.seriesInstanceUid)}
          />
        ))}
      </ul>
      {series !== undefined && (
        <SeriesPictures
          key={series.seriesInstanceUid}
          study={study}
          series={series}
          chosen={chosen}
          onChoose={onChoose}
        />
      )}
      {unknownSeries(chosen).map((uid) => (
        <Learn
          key={uid}
          study={study.studyInstanceUid}
          series={uid}
          onLearned={(known) => onChoose(learnPictures(chosen, uid, known))}
        />
      ))}
    </>
  );
}

function SeriesCard(props: {
  series: Series;
  isChosen: boolean;
  picked: number;
  isOpen: boolean;
  onToggle: () => void;
  onOpen: () => void;
}): ReactElement {
  const t = useT();
  const { series } = props;
  const { SeriesNumber: number, SeriesDescription: description, BodyPartExamined: part } = series.attributes;
  const name = description ?? t('corrections.seriesNumber', { number: number ?? '—' });
  return (
    <li className="series-card" data-chosen={props.isChosen || props.picked > 0}>
      <button
        type="button"
        className="series-picture"
        aria-pressed={props.isChosen}
        aria-label={name}
        onClick={props.onToggle}
      >
        <Thumbnail url={series.thumbnailUrl} word={series.modality ?? ''} />
      </button>
      <div className="series-words">
        <Checkbox checked={props.isChosen} indeterminate={props.picked > 0} onChange={props.onToggle}>
          <span className="series-name" title={name}>
            {name}
          </span>
        </Checkbox>
        <small className="cell-detail">
          {[series.modality, number === null || number === undefined ? null : `#${number}`, part]
            .filter((one) => one !== null && one !== undefined && one !== '')
            .join(' · ')}
        </small>
        <small className="cell-detail">
          {props.picked > 0
            ? t('corrections.picked', { count: formatCount(props.picked) })
            : pictureCount(t, series.instanceCount)}
        </small>
        {(series.instanceCount ?? 0) > 1 && (
          <Button
            type="link"
            size="small"
            aria-expanded={props.isOpen}
            icon={props.isOpen ? <ChevronUp size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
            onClick={props.onOpen}
          >
            {t(props.isOpen ? 'corrections.closeSeries' : 'corrections.openSeries')}
          </Button>
        )}
      </div>
    </li>
  );
}

function usePictures(study: string, series: string) {
  return useQuery({
    queryKey: [...correctionsKey, 'pictures', study, series],
    queryFn: ({ signal }) => correctionApi.instances(study, series, signal),
  });
}

function SeriesPictures(props: Props & { series: Series }): ReactElement {
  const t = useT();
  const { study, series, chosen, onChoose } = props;
  const uid = series.seriesInstanceUid;
  const query = usePictures(study.studyInstanceUid, uid);
  const [shown, setShown] = useState(picturesAtOnce);
  if (query.data === undefined) {
    if (query.error !== null) return <p role="alert">{sentenceOf(query.error)}</p>;
    return (
      <SkeletonGroup className="picture-grid">
        <Skeleton height={96} />
        <Skeleton height={96} />
        <Skeleton height={96} />
      </SkeletonGroup>
    );
  }
  const isWhole = chosen.series.includes(uid);
  return (
    <section aria-label={t('corrections.openSeries')} className="picture-block">
      <ul className="picture-grid">
        {query.data.slice(0, shown).map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className="picture"
              aria-pressed={isWhole || chosen.pictures.some(({ picture }) => picture === one.sopInstanceUid)}
              onClick={() => onChoose(togglePicture(chosen, uid, one.sopInstanceUid))}
            >
              <Thumbnail url={one.thumbnailUrl} word={t(`corrections.object.${wordOf(one)}`)} />
              <span>{one.instanceNumber ?? '—'}</span>
            </button>
          </li>
        ))}
      </ul>
      {query.data.length > shown && (
        <Button onClick={() => setShown(shown + picturesAtOnce)}>
          {t('corrections.more', { shown: formatCount(shown), all: formatCount(query.data.length) })}
        </Button>
      )}
    </section>
  );
}

function wordOf({ kind }: InstanceToEdit): 'image' | 'video' | 'document' | 'other' {
  if (kind === 'image' || kind === 'video') return kind;
  return kind === 'sr' || kind === 'document' || kind === 'key-object' ? 'document' : 'other';
}

/** A picture that is not there (yet) gives way to a word. */
function Thumbnail({ url, word }: { url: string; word: string }): ReactElement {
  const [failed, setFailed] = useState(false);
  if (failed) return <span className="picture-blank">{word}</span>;
  return <img src={url} alt="" loading="lazy" onError={() => setFailed(true)} />;
}

function Learn(props: { study: string; series: string; onLearned: (uids: string[]) => void }): null {
  const { data } = usePictures(props.study, props.series);
  const { onLearned } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for the answer, not for every new function
  useEffect(() => {
    if (data !== undefined) onLearned(data.map((one) => one.sopInstanceUid));
  }, [data]);
  return null;
}
