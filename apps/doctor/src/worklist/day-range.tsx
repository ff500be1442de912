// The days to look at: two dates in the language of the screen, with the ranges that are asked for all day one tap away.
import { useLanguage, useT } from '@yunying/ui';
import { DatePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type ReactElement, useEffect } from 'react';

const onTheWire = 'YYYY-MM-DD';
const presets = [
  { word: 'filter.today', days: 1 },
  { word: 'filter.threeDays', days: 3 },
  { word: 'filter.week', days: 7 },
  { word: 'filter.month', days: 30 },
] as const;

export function DayRange(props: {
  from: string | undefined;
  to: string | undefined;
  onChange(range: { from: string; to: string }): void;
}): ReactElement {
  const t = useT();
  const language = useLanguage();
  useEffect(() => void dayjs.locale(language === 'en' ? 'en' : 'zh-cn'), [language]);
  const today = dayjs();
  return (
    <DatePicker.RangePicker
      className="filter-days"
      allowEmpty={[true, true]}
      inputReadOnly
      placeholder={[t('filter.from'), t('filter.to')]}
      format={onTheWire}
      value={[read(props.from), read(props.to)]}
      presets={presets.map(({ word, days }) => ({
        label: t(word),
        value: [today.subtract(days - 1, 'day'), today] as [Dayjs, Dayjs],
      }))}
      onChange={(range) => props.onChange({ from: write(range?.[0]), to: write(range?.[1]) })}
    />
  );
}

function read(day: string | undefined): Dayjs | null {
  return day === undefined || day === '' ? null : dayjs(day, onTheWire);
}

function write(day: Dayjs | null | undefined): string {
  return day?.format(onTheWire) ?? '';
}
