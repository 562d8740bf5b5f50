export type {
  ParserProposal as ProposalHead, ParserProposalDetail as ProposalDetail, ProposedParser as Proposal, ProposedDevice as Device, ProposedFormat as LearnedFormat,
  ProposedField as LearnedField, ProposedRow as ReadLine, ProposalCorrection as Correction,
} from '../client';
