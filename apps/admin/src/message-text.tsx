// The content of a message, one segment on a line. It shows a patient and each look is audited: nothing is asked for
// until somebody presses the button, nothing is asked for twice, and nothing is kept when the drawer closes.
import { useQuery } from '@tanstack/react-query';
import { sentenceOf, useT } from '@yunying/ui';
import { Button } from 'antd';
import { FileText } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { consoleApi } from './console-api.ts';
import './message-text.css';

export function MessageText({ id }: { id: string }): ReactElement {
  const t = useT();
  const [isAsked, setAsked] = useState(false);
  const query = useQuery({
    queryKey: ['message-text', id],
    queryFn: ({ signal }) => consoleApi.messageText(id, signal),
    enabled: isAsked,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <section className="message" aria-label={t('messages.text')}>
      <h3>{t('messages.text')}</h3>
      {query.data !== undefined ? (
        <Segments text={query.data} />
      ) : (
        <>
          <p>{t('messages.textNote')}</p>
          {query.isError && <p role="alert">{sentenceOf(query.error)}</p>}
          <Button
            icon={<FileText size={16} aria-hidden />}
            loading={query.isFetching}
            onClick={() => (isAsked ? void query.refetch() : setAsked(true))}
          >
            {t(query.isFetching ? 'messages.textLoading' : 'messages.showText')}
          </Button>
        </>
      )}
    </section>
  );
}

function Segments({ text }: { text: string }): ReactElement {
  const lines = text.split('\n').map((line, index) => ({ line, key: `${index}` }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable with the keyboard
    <ol className="segments" tabIndex={0}>
      {lines.map(({ line, key }) => {
        const name = /^[A-Z][A-Z0-9]{2}/.exec(line)?.[0] ?? '';
        return (
          <li key={key}>
            <b>{name}</b>
            {line.slice(name.length)}
          </li>
        );
      })}
    </ol>
  );
}
