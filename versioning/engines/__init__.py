"""The engines of Dolt and DoltLite, on which each COMMIT is a commit of version control."""
