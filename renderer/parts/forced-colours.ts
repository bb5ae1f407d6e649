/** A person's own few colours: what a background alone says is lost there, so a border or a system colour says it too. */
export const forcedColours = '@media (forced-colors: active)';
