import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { App, type FormInstance } from 'antd';
import { blame } from './form';
import { useWords } from './states';

interface Options<In, Out> {
  run: (input: In) => Promise<Out>;
  /** What the change makes stale. */
  stale: QueryKey[];
  /** Said when it is done. */
  done?: string;
  form?: FormInstance;
  then?: (out: Out) => void;
  /** Takes errors the caller shows itself; true means it did. */
  caught?: (error: unknown) => boolean;
}

/** One change of state: runs it, refreshes what it made stale, says that it worked or why not. */
export function useChange<In = void, Out = unknown>({ run, stale, done, form, then, caught }: Options<In, Out>) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const words = useWords();
  return useMutation<Out, Error, In>({
    mutationFn: run,
    onSuccess: async (out) => {
      if (done) void message.success(done);
      then?.(out);
      await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: (error) => {
      if (caught?.(error)) return;
      if (form && blame(form, error)) return;
      void message.error(words(error), 6);
    },
  });
}
