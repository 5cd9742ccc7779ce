/* Reports: what people send to the moderators, and what moderators do about it. */
import { useMutation } from '@tanstack/react-query';

import { usePages } from './cruds';
import { fetchJson, fetchNoContent } from './http';
import type { Problem } from './problem';
import { keys, queryClient } from './queries';
import type { NewReport, Report, ReportDecision } from './types';

/** The thing that is reported. */
export type Subject =
  | { activity_uuid: string }
  | { message_group_uuid: string; message_uuid?: string }
  | { handle: string };

/** `key`: sending it again reports nothing twice. */
export function useReport(subject: Subject, key: string) {
  return useMutation<unknown, Problem, Pick<NewReport, 'reason' | 'note'>>({
    mutationFn: (why) =>
      fetchNoContent('/api/reports', { method: 'POST', body: { ...subject, ...why }, key }),
  });
}

export type State = Report['state'];

const KEY = ['reports'];

export const useReports = (state: State) =>
  usePages<Report[]>([...KEY, state], `/api/reports?state=${state}`);

/** The report leaves its list also when somebody else was faster. */
export function useResolve({ uuid }: Report) {
  return useMutation<Report, Problem, ReportDecision>({
    mutationFn: (body) => fetchJson<Report>(`/api/reports/${uuid}`, { method: 'POST', body }),
    // A decision whose answer is lost is not made again by itself: the second answer would be a refusal.
    retry: false,
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: KEY });
      await queryClient.invalidateQueries({ queryKey: keys.cruds });
    },
  });
}

export const readReportsAgain = () => queryClient.invalidateQueries({ queryKey: KEY });
