// The frame of a page: a bar with back, title and at most two actions, the content in one column, and a foot with
// the page's actions in reach of the thumb.
import { LanguageToggle, TypeSizeToggle, useT } from '@yunying/ui';
import { ChevronLeft } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect } from 'react';
import { goBack } from '../navigation/history.ts';

export function Page(props: {
  title: string;
  back?: boolean;
  preferences?: boolean;
  corner?: ReactNode;
  foot?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}): ReactElement {
  const t = useT();
  const { title, back = true } = props;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div className="page" data-wide={props.wide === true ? '' : undefined}>
      <header className="bar">
        <div className="bar-inner">
          {back && (
            <button type="button" className="bar-back" onClick={() => goBack()} aria-label={t('ui.back')}>
              <ChevronLeft aria-hidden="true" />
            </button>
          )}
          <h1 className="bar-title" title={title}>
            {title}
          </h1>
          {props.preferences === true && (
            <>
              <TypeSizeToggle />
              <LanguageToggle />
            </>
          )}
          {props.corner}
        </div>
      </header>
      <main className="page-main">{props.children}</main>
      {props.foot !== undefined && <footer className="foot">{props.foot}</footer>}
    </div>
  );
}
