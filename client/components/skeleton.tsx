/** Where the text will be, while it is on its way. The pill says so in words. */
export function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true" data-testid="skeleton">
      <span />
      <span />
      <span />
      <span />
    </div>
  );
}
