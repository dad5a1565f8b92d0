SELECT _v.register_patch('one');
SELECT _v.register_patch('two', ARRAY['one']);
SELECT _v.register_patch('three', ARRAY['one', 'two']);

-- Not while others require it: all of them are said.
SELECT _v.unregister_patch('one');      -- fails
SELECT _v.unregister_patch('two');      -- fails

-- Not what is not there.
SELECT _v.unregister_patch('four');     -- fails

-- In the opposite order all goes.
SELECT _v.unregister_patch('three');
SELECT * FROM _v.unregister_patch(in_patch_name => 'two');
SELECT _v.unregister_patch('one');
SELECT count(*) FROM _v.patches;

-- What was taken back can be applied again.
SELECT _v.register_patch('one');
SELECT _v.unregister_patch('one');
