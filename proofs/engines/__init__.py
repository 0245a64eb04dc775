"""The engines, one module each: they find witnesses, are not trusted, and import no other one."""
