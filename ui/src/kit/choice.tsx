import { Select } from 'antd';

interface Props<T extends string> {
  label: string;
  /** What it says while nothing is chosen. */
  any: string;
  value: T | undefined;
  options: { value: T; label: string }[];
  set: (value: T | undefined) => void;
  /** Whether typing narrows the options. */
  search?: boolean;
}

/** One of a few values by which a list is narrowed, or none. */
export function Choice<T extends string>({ label, any, value, options, set, search }: Props<T>) {
  return (
    <Select<T>
      className="filter"
      allowClear
      showSearch={search ? { optionFilterProp: 'label' } : false}
      popupMatchSelectWidth={false}
      aria-label={label}
      placeholder={any}
      value={value}
      options={options}
      onChange={(next: T | undefined) => set(next)}
    />
  );
}
