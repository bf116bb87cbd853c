"""How updates are kept between their arrival and their work: nothing that was acknowledged is lost."""
