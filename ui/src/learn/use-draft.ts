import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSettled } from '../kit/settled';
import { untouched, type Draft } from './draft';
import { previewQuery } from './queries';
import type { ProposalDetail } from './types';

const pause = 400; // ms without a change before the figures are asked for

/** A proposal with what is changed about it: the server says what comes of the changes, nothing is assumed meanwhile. */
export function useDraft(detail: ProposalDetail) {
  const [draft, setDraft] = useState<Draft>(untouched);
  const changed = draft.corrections.length > 0 || draft.device !== undefined;
  const settled = useSettled(draft, pause);
  const asked = settled.corrections.length > 0 || settled.device !== undefined;
  const preview = useQuery({ ...previewQuery(detail, settled), enabled: asked && changed, placeholderData: keepPreviousData });
  const busy = changed && (settled !== draft || preview.isFetching);
  return {
    draft, setDraft, changed, busy,
    /** What stands: of the last change that was understood. */
    shown: changed ? (preview.data ?? detail) : detail,
    /** Why the last change cannot be. */
    error: changed && !busy ? preview.error : null,
  };
}
