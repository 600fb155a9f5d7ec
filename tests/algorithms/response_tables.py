"""Tables of response as their publications define them, for the tests of the words."""

from __future__ import annotations

from tests.sample import table

# Rodeghiero et al., Blood 2009: complete response and response are confirmed 7 days apart, their loss 1 day apart.
IWG_2009 = table("""
level,relation,bound,times_baseline,bleeding,counts,confirm_days,confirmed_by,loss,loss_days
CR,GE,100,,N,,7,,R; NR,1
R,GE,30,2,N,R; CR,7,,NR,1
NR,,,,,,1,,,
""")
# RECIST 1.1 (Eisenhauer et al. 2009), table 3: confirmation after 4 weeks, stable disease for 6 weeks.
RECIST_1_1 = table("""
level,counts,confirm_days,confirmed_by,between,from_day,before_day
CR,,28,,CR; NE<=1,,
PR,,28,CR; PR,CR; PR; NE<=1,,
SD,CR; PR; SD,,,,42,
PD,,,,,,
NE,CR; PR; SD,,,,,42
NE,,,,,,
""")
