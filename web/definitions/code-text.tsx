/** A text with numbered lines. */

export function CodeText({ text }: { readonly text: string }) {
  return (
    <pre class="text" tabIndex={0} aria-label="Text with line numbers">
      {text.replace(/\n$/, '').split('\n').map((line, index) => (
        <span key={index}>{line}</span>
      ))}
    </pre>
  );
}
