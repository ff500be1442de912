// One act of these screens: a word when it worked, the server's sentence when it did not, and every list read anew.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sentenceOf, useT } from '@yunying/ui';
import { App } from 'antd';
import { protectedKey } from './protection-api.ts';

export function useAct<T>(act: (asked: T) => Promise<unknown>, doneWord: string, onDone?: () => void) {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => {
      void message.success(t(doneWord));
      onDone?.();
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => void cache.invalidateQueries({ queryKey: [protectedKey] }),
  });
}
