// The way back for one study: its replaced originals, while their files are within the recovery window.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Input, Popconfirm } from 'antd';
import { Undo2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { compressionKey } from './compression-figures.ts';
import { consoleApi } from './console-api.ts';

const uidForm = /^[0-9.]{1,64}$/;

export function CompressionRollBack(): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [uid, setUid] = useState('');
  const study = uid.trim();
  const rollBack = useMutation({
    mutationFn: () => consoleApi.rollBackCompression(study),
    onSuccess: ({ objects }) => {
      void message.success(t('compression.rolledBack', { count: objects }));
      void cache.invalidateQueries({ queryKey: compressionKey });
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
  });
  return (
    <section className="compression" aria-label={t('compression.rollBack')}>
      <h2>{t('compression.rollBack')}</h2>
      <p className="compression-note">{t('compression.rollBackText')}</p>
      <div className="actions">
        <Input
          value={uid}
          maxLength={64}
          placeholder="Study Instance UID"
          aria-label="Study Instance UID"
          style={{ maxWidth: 420 }}
          onChange={(event) => setUid(event.target.value)}
        />
        <Popconfirm
          title={t('compression.rollBackTitle')}
          okText={t('compression.rollBack')}
          disabled={!uidForm.test(study)}
          onConfirm={() => rollBack.mutate()}
        >
          <Button
            icon={<Undo2 size={16} aria-hidden />}
            disabled={!uidForm.test(study)}
            loading={rollBack.isPending}
          >
            {t('compression.rollBack')}
          </Button>
        </Popconfirm>
      </div>
    </section>
  );
}
