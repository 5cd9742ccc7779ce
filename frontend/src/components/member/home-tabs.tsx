/* The two feeds of Home. */
import { NavLink } from 'react-router';

export function HomeTabs() {
  return (
    <nav className="tabs" aria-label="Feeds">
      <NavLink to="/" end>
        Everybody
      </NavLink>
      <NavLink to="/following">Following</NavLink>
    </nav>
  );
}
