/**
 * Whether somebody can see an element: its tab is the one that is shown, the sidebar is open, and so is the browser's tab.
 * The element itself is asked, because no version of the editor tells all of these.
 */
export function watchPresence(element: Element, onChange: (isSeen: boolean) => void): void {
  let isShown = false;
  const tell = (): void => onChange(isShown && !document.hidden);
  const observer = new IntersectionObserver((entries) => {
    isShown = entries.at(-1)?.isIntersecting === true;
    tell();
  });
  observer.observe(element);
  document.addEventListener('visibilitychange', tell);
}
