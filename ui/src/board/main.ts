// The supervisor's desk starts here.
export {};
