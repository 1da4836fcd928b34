"""How far a judge agrees with people, and what may follow from it (DECISION 8). Closed forms and seeded resampling."""
