import { ActionIcon, Button, createTheme, Input } from '@mantine/core';

/** What Mantine has to know in JavaScript; colours, fonts and radii are css variables in `ui/tokens.css`. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 7,
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', size: 30 } }),
    InputWrapper: Input.Wrapper.extend({ 
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'], withAsterisk: false },
      classNames: { label: 'field-label' },
    }),
  },
});
