// Rendered pages (a report, an ECG, a document) one at a time, with a bar of buttons for what gestures do.
import type { ManifestSeries } from '@yunying/api';
import { useT } from '@yunying/ui';
import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { PagesView } from './pages-view.ts';

type RenderedPage = ManifestSeries['pages'][number];

export function PageViewer(props: {
  title: string;
  pages: readonly RenderedPage[];
  page?: number;
  onPage?: (page: number) => void;
  action?: ReactNode;
}): ReactElement {
  const t = useT();
  const { title, pages, onPage } = props;
  const frame = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const view = useRef<PagesView | null>(null);
  const [page, setPage] = useState(Math.min(props.page ?? 0, pages.length - 1));
  const firstPage = useRef(page);
  const tell = useRef(onPage);
  tell.current = onPage;

  useEffect(() => {
    if (frame.current === null || track.current === null) return;
    const opened = new PagesView(frame.current, track.current, {
      sizes: pages,
      page: firstPage.current,
      onPage: (next) => {
        firstPage.current = next;
        setPage(next);
        tell.current?.(next);
      },
    });
    view.current = opened;
    return () => opened.close();
  }, [pages]);

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };
    const step = steps[event.key];
    if (step !== undefined) view.current?.turn(step);
    else if (event.key === '+' || event.key === '=') view.current?.zoomBy(1.4);
    else if (event.key === '-') view.current?.zoomBy(1 / 1.4);
    else return;
    event.preventDefault();
  };
  return (
    <div className="pages">
      {/* biome-ignore lint/a11y/useSemanticElements: a carousel of pages, no fieldset */}
      <div
        ref={frame}
        className="pages-window"
        role="group"
        aria-label={title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys turn pages and zoom
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div ref={track} className="pages-track">
          {pages.map((one, at) => (
            <div key={one.page} className="pages-slot" aria-hidden={at !== page}>
              <PagePicture
                page={one}
                alt={t('pages.alt', { title, page: at + 1 })}
                near={Math.abs(at - page) <= 1}
              />
            </div>
          ))}
        </div>
      </div>
      <div className="pages-bar">
        <div className="pages-turn">
          <button
            type="button"
            className="icon-button"
            disabled={page === 0}
            onClick={() => view.current?.turn(-1)}
            aria-label={t('pages.previous')}
          >
            <ChevronLeft aria-hidden="true" />
          </button>
          <span role="status">
            <span className="yy-hidden">{t('pages.ofLabel', { page: page + 1, count: pages.length })}</span>
            <span aria-hidden="true">{t('pages.of', { page: page + 1, count: pages.length })}</span>
          </span>
          <button
            type="button"
            className="icon-button"
            disabled={page >= pages.length - 1}
            onClick={() => view.current?.turn(1)}
            aria-label={t('pages.next')}
          >
            <ChevronRight aria-hidden="true" />
          </button>
        </div>
        <div className="pages-zoom">
          <button type="button" className="word-button" onClick={() => view.current?.zoomBy(1 / 1.5)}>
            <ZoomOut aria-hidden="true" />
            {t('pages.zoomOut')}
          </button>
          <button type="button" className="word-button" onClick={() => view.current?.zoomBy(1.5)}>
            <ZoomIn aria-hidden="true" />
            {t('pages.zoomIn')}
          </button>
          {props.action}
        </div>
      </div>
    </div>
  );
}

/** Fetched when it or its neighbour is in front; once there it stays. */
function PagePicture(props: { page: RenderedPage; alt: string; near: boolean }): ReactElement {
  const t = useT();
  const [failed, setFailed] = useState(0);
  const wanted = useRef(props.near);
  if (props.near) wanted.current = true;
  const { page } = props;
  if (failed > 0 && failed % 2 === 1) {
    return (
      <div className="pages-failed" role="alert">
        <p>{t('pages.failed')}</p>
        <button type="button" className="yy-button" onClick={() => setFailed(failed + 1)}>
          {t('ui.retry')}
        </button>
      </div>
    );
  }
  return (
    <img
      src={wanted.current ? page.url : undefined}
      alt={props.alt}
      width={page.width}
      height={page.height}
      draggable={false}
      decoding="async"
      onError={() => setFailed(failed + 1)}
    />
  );
}
