"""On what terms is something sold? Put on sale, priced, limited to some customers, given back."""
