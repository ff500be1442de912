// One day in a form: chosen in the language of the screen, 2026-11-24 as the form's value.
import { useLanguage } from '@yunying/ui';
import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type ReactElement, useEffect } from 'react';

const onTheWire = 'YYYY-MM-DD';

/** The props are the form's. */
export function Day(props: { id?: string; value?: string; onChange?(day: string): void }): ReactElement {
  const language = useLanguage();
  useEffect(() => void dayjs.locale(language === 'en' ? 'en' : 'zh-cn'), [language]);
  return (
    <DatePicker
      {...(props.id === undefined ? {} : { id: props.id })}
      className="form-day"
      inputReadOnly
      format={onTheWire}
      value={props.value === undefined || props.value === '' ? null : dayjs(props.value, onTheWire)}
      onChange={(day) => props.onChange?.(day?.format(onTheWire) ?? '')}
    />
  );
}
