"""HTTP for the origin of things: lineage, licences, credits, disclosure."""
