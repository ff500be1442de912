// A picture that may not be there yet: until the server has made it, or when it cannot, something else stands in its
// place instead of a broken image.
import { type ReactElement, type ReactNode, useState } from 'react';

type Props = { url: string | null; alt: string; className?: string; otherwise: ReactNode };

export function Picture(props: Props): ReactElement {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  if (props.url === null || props.url === failedUrl) return <>{props.otherwise}</>;
  return (
    <img
      className={props.className}
      src={props.url}
      alt={props.alt}
      loading="lazy"
      onError={() => setFailedUrl(props.url)}
    />
  );
}
