{
 "algorithm": "Ed25519",
 "format": "comfyvn-signature-1",
 "of": "provenance.json",
 "public_key": "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
 "signature": "a4854586cadadc84d9718abce3995e765101b6ef5a1b97f7618aceee9350f1557596c92252b89adfd3ea264f7e7783d6c8b1e6e8f48bda14efe3792d6ec8e405"
}
