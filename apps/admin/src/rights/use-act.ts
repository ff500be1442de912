// One act of these screens: a word when it worked, the server's sentence when it did not, and every list read anew.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sentenceOf, useT } from '@yunying/ui';
import { App } from 'antd';
import { rightsKey } from './rights-api.ts';

export function useAct<A, R>(
  act: (asked: A) => Promise<R>,
  doneWord: (result: R) => string,
  onDone?: () => void,
) {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result) => {
      void message.success(t(doneWord(result)));
      onDone?.();
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => void cache.invalidateQueries({ queryKey: [rightsKey] }),
  });
}
